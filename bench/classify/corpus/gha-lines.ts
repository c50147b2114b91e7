import { createDice, type Dice } from "./dice.js";
import type { LineSource } from "./line-source.js";
import { englishText, hexText, koreanText, word } from "./text.js";
import type { TypeKey } from "./type-key.js";

const api = "https://api.github.com";
const avatars = "https://avatars.githubusercontent.com/u";

/** As often as GH Archive has them, roughly. */
const typeWeights = {
  PushEvent: 12,
  PullRequestEvent: 4,
  IssueCommentEvent: 3,
  CreateEvent: 3,
  WatchEvent: 2,
  PullRequestReviewEvent: 2,
  IssuesEvent: 2,
  PullRequestReviewCommentEvent: 1,
  CommitCommentEvent: 1,
  DeleteEvent: 1,
  ForkEvent: 1,
  ReleaseEvent: 1,
  MemberEvent: 1,
  GollumEvent: 1,
  PublicEvent: 1,
};
type GhaType = keyof typeof typeWeights;
const types = Object.keys(typeWeights) as GhaType[];
const deck = types.flatMap((type) =>
  Array.from({ length: typeWeights[type] }, () => type),
) as [GhaType, ...GhaType[]];

/** GH Archive's shape: the type key second, nested objects with a `type` of their own, lines of 1 to 8 KB. */
export function createGhaLines(typeKey: TypeKey, seed: number): LineSource {
  const dice = createDice(seed);
  let id = 40_000_000_000;
  return {
    types,
    next() {
      const type = dice.pick(deck);
      const login = word(dice) + hexText(dice, 4);
      const repository = `${login}/${word(dice)}-${word(dice)}`;
      id += 1;
      const text =
        `{"id":"${id}",${typeKey.member(type)},"actor":{"id":${dice.below(1e8)},"login":"${login}","display_login":"${login}",` +
        `"gravatar_id":"","url":"${api}/users/${login}","avatar_url":"${avatars}/${dice.below(1e8)}?"},` +
        `"repo":{"id":${dice.below(1e9)},"name":"${repository}","url":"${api}/repos/${repository}"},` +
        `"payload":${writePayload(type, dice, login, repository)},"public":true,"created_at":"2026-01-15T00:00:00Z"}`;
      return { type, text };
    },
  };
}

function writePayload(
  type: GhaType,
  dice: Dice,
  login: string,
  repository: string,
): string {
  if (type === "PushEvent") return writePush(dice, login, repository);
  if (/^(PullRequest|Issue|CommitComment)/.test(type))
    return writeTalk(dice, repository);
  return (
    `{"ref":"main","ref_type":"branch","master_branch":"main","description":"${englishText(dice, 60)}",` +
    `"pusher_type":"user","forkee":{"id":${dice.below(1e9)},"owner":${writeUser(dice)},"private":false}}`
  );
}

function writePush(dice: Dice, login: string, repository: string): string {
  const commits = Array.from({ length: 1 + dice.below(4) }, () => {
    const sha = hexText(dice, 40);
    const more =
      dice.below(5) === 0
        ? `\\n\\n${koreanText(dice, 20)}\\r\\n* \\"${word(dice)}\\"`
        : "";
    return (
      `{"sha":"${sha}","author":{"email":"${hexText(dice, 10)}@users.noreply.github.com","name":"${login}"},` +
      `"message":"${englishText(dice, 30 + dice.below(90))}${more}","distinct":true,"url":"${api}/repos/${repository}/commits/${sha}"}`
    );
  });
  return (
    `{"repository_id":${dice.below(1e9)},"push_id":${dice.below(1e9)},"size":${commits.length},"distinct_size":${commits.length},` +
    `"ref":"refs/heads/main","head":"${hexText(dice, 40)}","before":"${hexText(dice, 40)}","commits":[${commits.join(",")}]}`
  );
}

/** The body quotes JSON that holds the type key, as issues about JSON do. */
function writeTalk(dice: Dice, repository: string): string {
  const url = `${api}/repos/${repository}/issues/1`;
  const body =
    `${englishText(dice, 100 + dice.below(3000))}\\r\\n\\r\\n\`\`\`json\\r\\n{\\"type\\": \\"x\\"}\\r\\n\`\`\`` +
    koreanText(dice, dice.below(300));
  return (
    `{"action":"opened","number":${dice.below(9999)},"issue":{"url":"${url}","id":${dice.below(1e9)},"title":"${englishText(dice, 40)}",` +
    `"user":${writeUser(dice)},"labels":[{"id":${dice.below(1e9)},"name":"${word(dice)}","type":"label"}],"state":"open","locked":false,` +
    `"assignee":${writeUser(dice)},"body":"${body}"},"sender":${writeUser(dice)}}`
  );
}

function writeUser(dice: Dice): string {
  const login = word(dice) + hexText(dice, 4);
  const url = `${api}/users/${login}`;
  return (
    `{"login":"${login}","id":${dice.below(1e8)},"node_id":"MDQ6${hexText(dice, 16)}","avatar_url":"${avatars}/${dice.below(1e8)}?v=4",` +
    `"gravatar_id":"","url":"${url}","html_url":"https://github.com/${login}","followers_url":"${url}/followers",` +
    `"following_url":"${url}/following{/other_user}","gists_url":"${url}/gists{/gist_id}","repos_url":"${url}/repos","type":"User","site_admin":false}`
  );
}
