import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An endpoint that speaks the protocol of OpenAI, as a test makes it: real HTTP, on loopback. */
export interface ModelEndpoint {
  url: string;
  /** What it was asked, in order. */
  asked: { authorization: string | undefined; path: string | undefined; body: Asked }[];
  close(): Promise<void>;
}

interface Asked {
  model: string;
  stream: boolean;
  messages: { role: string; content: string }[];
}

/** @param answer what to do with each question */
export async function modelEndpoint(
  answer: (response: ServerResponse, asked: Asked) => void,
): Promise<ModelEndpoint> {
  const asked: ModelEndpoint['asked'] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as Asked;
    asked.push({ authorization: request.headers.authorization, path: request.url, body });
    answer(response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer in pieces, which are cut where they come: lines and letters do not end with them. */
export function streamed(response: ServerResponse, words: string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunks = words.map((content) => ({ choices: [{ index: 0, delta: { content } }] }));
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const usage = { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } };
  const events = [...chunks, end, usage].map((data) => `data: ${JSON.stringify(data)}\r\n\r\n`);
  const bytes = Buffer.from(`: hello\n\n${events.join('')}data: [DONE]\n\n`);
  for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
  response.end();
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}
