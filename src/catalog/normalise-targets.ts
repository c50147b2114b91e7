import type { MessageTargets } from "./catalog.js";
import { present } from "./present.js";
import type { RawTargets } from "./raw-catalog.js";

export function normaliseTargets({ slack, mail }: RawTargets): MessageTargets {
  return {
    slack: slack === undefined ? null : { channel: slack.channel ?? null },
    mail:
      mail === undefined
        ? null
        : { from: mail.from ?? "", to: present(mail.to) },
  };
}
