import { find, make } from "./dom.js";

const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];

const key = "sluice-theme";

/** The reader's choice goes before his system's; it is kept where the browser lets a file keep anything. Paper is light. */
export function startTheme(onChange: () => void): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = recall();
  const apply = (theme: Theme): void => {
    const auto = dark.matches ? "dark" : "light";
    document.documentElement.dataset["theme"] = theme === "auto" ? auto : theme;
  };
  const change = (theme: Theme): void => {
    apply(theme);
    onChange();
  };
  apply(chosen);
  for (const theme of themes) {
    const input = make("input", { type: "radio", name: "theme", value: theme });
    input.checked = theme === chosen;
    input.onchange = () => {
      chosen = theme;
      remember(theme);
      change(theme);
    };
    const label = `${theme.charAt(0).toUpperCase()}${theme.slice(1)}`;
    find("theme").append(make("label", {}, input, make("span", {}, label)));
  }
  dark.onchange = () => {
    change(chosen);
  };
  window.onbeforeprint = () => {
    change("light");
  };
  window.onafterprint = () => {
    change(chosen);
  };
}

function recall(): Theme {
  try {
    const stored = localStorage.getItem(key);
    return themes.find((theme) => theme === stored) ?? "auto";
  } catch {
    return "auto";
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Some browsers keep nothing for files: the choice then lasts as long as the page.
  }
}

/** A colour of page.css, as it is now. */
export function colour(property: string): string {
  return getComputedStyle(document.documentElement)
    .getPropertyValue(`--${property}`)
    .trim();
}
