import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";

export interface ForwardedPort {
  readonly host: string;
  readonly port: number;
  /** Ends all connections that are open. */
  hangUp: () => void;
  stop: () => Promise<void>;
}

/**
 * Listens on an address that pods reach, and hands each connection on to a port of this machine's 127.0.0.1.
 * @param findTarget Asked for at each connection; null: the connection stays open and is never answered.
 * @param isHeld Of what a client sends, as it comes: from there on, its connection is never answered.
 */
export async function forwardPort(
  host: string,
  findTarget: () => number | null,
  isHeld: (sent: string) => boolean = () => false,
): Promise<ForwardedPort> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket
      .on("close", () => sockets.delete(socket))
      .on("error", () => socket.destroy());
  };
  const server = createServer((incoming) => {
    keep(incoming);
    const target = findTarget();
    if (target === null) return;
    const outgoing = keep(connect(target, "127.0.0.1"));
    const gate = new Transform({
      transform(bytes: Buffer, _, pass) {
        if (!isHeld(bytes.toString("latin1"))) pass(null, bytes);
      },
    });
    incoming.pipe(gate).pipe(outgoing).pipe(incoming);
    incoming.on("close", () => outgoing.destroy());
    outgoing.on("close", () => incoming.destroy());
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.on("error", reject).listen(0, host, () => {
      const address = server.address();
      if (address !== null && typeof address === "object")
        resolve(address.port);
    });
  });
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    host,
    port,
    hangUp,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        hangUp();
      }),
  };
}
