import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { anySignal } from '../../pipeline/any-signal.ts';

export interface SlackAccess {
  botToken: string;
  /** Ends with a slash. */
  apiUrl: string;
  /** For each call, in ms; 10 s unless told. */
  timeoutMs?: number;
}

/** What the SDK would write to the console; it is told through errors instead. */
const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/**
 * How Siskin calls Slack: with a time-out, once (the outbox tries again), and never to another address than the
 * configured one. The SDK's own defaults are no time-out and ten retries.
 */
export const callOptions = (apiUrl: string, timeoutMs = 10_000): WebClientOptions => ({
  slackApiUrl: apiUrl,
  timeout: timeoutMs,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  allowAbsoluteUrls: false,
  logger: silent,
});

/** @param signal ends every call of this client */
export function slackClient({ botToken, apiUrl, timeoutMs }: SlackAccess, signal: AbortSignal): WebClient {
  return new WebClient(botToken, {
    ...callOptions(apiUrl, timeoutMs),
    fetch: async (url, init) => {
      const both = anySignal(init?.signal ? [init.signal, signal] : [signal]);
      try {
        const response = await fetch(url, { ...init, signal: both.signal });
        const { status, statusText, headers } = response;
        const body = await response.arrayBuffer();
        return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
      } finally {
        both.unlink();
      }
    },
  });
}

export { silent as silentLogger };
