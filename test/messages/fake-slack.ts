import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A post as Slack got it. */
export interface RecordedPost {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly atMs: number;
  readonly text: string;
  readonly blocks: readonly RecordedBlock[];
  /** What else it says, such as `channel` and `thread_ts`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RecordedBlock {
  readonly type: string;
  readonly text: { readonly type: string; readonly text: string };
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A fake of Slack on this machine: it records what is posted, and refuses what is past Block Kit's limits. It does not know
 * how Slack shows a message. `/api/chat.postMessage` is the Web API; any other path is a webhook.
 */
export interface FakeSlack {
  readonly apiUrl: string;
  readonly webhookUrl: string;
  readonly posts: readonly RecordedPost[];
  /** Gives these answers to the next posts, in this order, before it is well again. */
  answer(...answers: readonly FakeAnswer[]): void;
  stop(): Promise<void>;
}

/** @param onPost Called once a post is recorded; it is answered when that resolves. */
export async function startFakeSlack(
  onPost: (post: RecordedPost) => void | Promise<void> = () => undefined,
): Promise<FakeSlack> {
  const posts: RecordedPost[] = [];
  const answers: FakeAnswer[] = [];
  const server = createServer((request, response) => {
    void readPost(request).then(async (post) => {
      posts.push(post);
      await onPost(post);
      const isApi = post.path === "/api/chat.postMessage";
      const refusal = findFault(post);
      const well = isApi
        ? JSON.stringify(
            refusal === null
              ? {
                  ok: true,
                  channel: "C0DATA",
                  ts: `1700000000.00000${posts.length}`,
                }
              : { ok: false, error: refusal },
          )
        : (refusal ?? "ok");
      const answer = answers.shift() ?? {
        status: isApi || refusal === null ? 200 : 400,
        body: well,
      };
      response.writeHead(answer.status ?? 200, {
        "content-type": isApi ? "application/json" : "text/plain",
        ...answer.headers,
      });
      response.end(answer.body ?? well);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    apiUrl: `${url}/api/`,
    webhookUrl: `${url}/services/T0/B0/very-secret-path`,
    posts,
    answer: (...given) => answers.push(...given),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function readPost(request: IncomingMessage): Promise<RecordedPost> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString("utf8");
  const isForm = request.headers["content-type"]?.includes("urlencoded");
  const fields: Record<string, unknown> =
    isForm === true
      ? Object.fromEntries(new URLSearchParams(body))
      : (JSON.parse(body) as Record<string, unknown>);
  const blocks =
    typeof fields["blocks"] === "string"
      ? (JSON.parse(fields["blocks"]) as unknown)
      : fields["blocks"];
  return {
    path: request.url ?? "",
    authorization: request.headers.authorization,
    atMs: Date.now(),
    text: String(fields["text"]),
    blocks: blocks as RecordedBlock[],
    fields,
  };
}

/** https://docs.slack.dev/reference/block-kit/blocks */
function findFault({ blocks }: RecordedPost): string | null {
  if (!Array.isArray(blocks) || blocks.length === 0) return "no_blocks";
  if (blocks.length > 50) return "invalid_blocks";
  const longest = { header: 150, section: 3000 } as Record<string, number>;
  const fits = (blocks as readonly RecordedBlock[]).every(
    ({ type, text }) =>
      text.text.length > 0 && text.text.length <= (longest[type] ?? 0),
  );
  return fits ? null : "invalid_blocks";
}
