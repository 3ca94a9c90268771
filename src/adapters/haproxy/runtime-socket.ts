import { connect } from 'node:net';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

const maxAnswerBytes = 8 * 1024 * 1024;

/**
 * One command over one connection of an HAProxy socket (admin or master). Ending our side makes both kinds close theirs
 * after the answer (HAProxy Management Guide 9.3, 9.4).
 * @returns the answer, blanks around it removed, at most 8 MiB
 * @throws SiskinError ROUTER_UNAVAILABLE when it does not answer within `timeoutMs`
 */
export function runtimeCommand(socketPath: string, command: string, timeoutMs = 2_000): Promise<string> {
  if (/[\r\n]/.test(command)) throw new SiskinError('ROUTER_REFUSED', 'A router command is one line.');
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const fail = (reason: string, cause?: unknown) => {
      socket.destroy();
      reject(new SiskinError('ROUTER_UNAVAILABLE', `The router does not answer: ${reason}.`, { cause }));
    };
    const timer = setTimeout(() => fail(`nothing within ${timeoutMs} ms`), timeoutMs);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) fail('its answer is too long');
    });
    socket.on('error', (error) => fail(messageOf(error), error));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8').trim()));
    socket.on('close', () => clearTimeout(timer));
    socket.end(`${command}\n`);
  });
}
