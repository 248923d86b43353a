import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface SmtpTestServer {
  readonly port: number;
  /** Raw messages in order, dots unstuffed. */
  readonly received: string[];
  /** Every line of a client outside messages. */
  readonly commands: string[];
  close(): Promise<void>;
}

/** Says instead of its usual answer what `answer` gives for a command; null hangs up. */
export type SmtpAnswer = (command: string) => string | null | undefined;

/** A mail server on this machine (RFC 5321: EHLO, MAIL, RCPT, DATA, QUIT), without TLS. */
export async function startSmtpServer(answer: SmtpAnswer = () => undefined): Promise<SmtpTestServer> {
  const received: string[] = [];
  const commands: string[] = [];
  const open = new Set<Socket>();
  const usual = (command: string): string =>
    /^EHLO /i.test(command) ? "250-test\r\n250 8BITMIME"
      : /^DATA/i.test(command) ? "354 go on"
        : /^QUIT/i.test(command) ? "221 bye"
          : /^(STARTTLS|AUTH)/i.test(command) ? "502 not here" : "250 ok";
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    let text = "";
    let isMessage = false;
    const say = (line: string): void => { socket.write(`${line}\r\n`); };
    say("220 test ready");
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (;;) {
        const end = text.indexOf(isMessage ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + (isMessage ? 5 : 2));
        if (isMessage) {
          received.push(`${part}\r\n`.replace(/^\.\./gm, "."));
          isMessage = false;
          say("250 queued as 1");
          continue;
        }
        commands.push(part);
        const reply = answer(part);
        if (reply === null) {
          socket.destroy();
          return;
        }
        const line = reply ?? usual(part);
        isMessage = line.startsWith("354");
        say(line);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port, received, commands,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    },
  };
}
