import type { Fault } from "../servers/fault-proxy.js";
import type { Dice } from "./dice.js";

export type Service = "s3" | "gcs" | "bigquery";

/** Share of the requests that something happens to. */
const faultShare = 0.16;

/** As the services document it: overloads and failures that pass. */
function answer(service: Service, dice: Dice): Fault {
  const status = dice.pick([429, 500, 502, 503]);
  if (service === "s3") {
    const code =
      status === 429 || status === 503 ? "SlowDown" : "InternalError";
    return {
      kind: "answer",
      status: status === 429 ? 503 : status,
      headers: { "content-type": "application/xml" },
      body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>made up</Message></Error>`,
    };
  }
  const reason = status === 429 ? "rateLimitExceeded" : "backendError";
  return {
    kind: "answer",
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      error: {
        code: status,
        message: "made up",
        errors: [{ reason, message: "made up", domain: "global" }],
      },
    }),
  };
}

/** What commits, and is to come late often: a manifest, and a job of the warehouse. */
function isCommit(method: string, path: string): boolean {
  return (
    method === "POST" &&
    (/\/o\?.*_manifests/.test(path) || /\/jobs\?/.test(path))
  );
}

export function drawFault(
  service: Service,
  dice: Dice,
  request: { readonly method: string; readonly path: string },
): Fault | null {
  if (isCommit(request.method, request.path) && dice.chance(0.2))
    return { kind: "late", delayMs: 100 + dice.below(2_000) };
  if (!dice.chance(faultShare)) return null;
  switch (dice.below(7)) {
    case 0:
      return { kind: "reset" };
    case 1:
      return { kind: "lose-answer" };
    case 2:
      return answer(service, dice);
    case 3: {
      const delayMs = 20 + dice.below(dice.chance(0.1) ? 1_500 : 300);
      return dice.chance(0.5)
        ? { kind: "stall", delayMs }
        : { kind: "stall", delayMs, afterBytes: dice.below(100) };
    }
    case 4:
      return { kind: "late", delayMs: 20 + dice.below(300) };
    case 5:
      return { kind: "truncate", afterBytes: dice.below(400) };
    default:
      return { kind: "deliver-twice" };
  }
}
