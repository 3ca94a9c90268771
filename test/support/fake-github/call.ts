import type { FakeRepository } from './state.ts';

/** One request as a route gets it: authorised, and as GitHub describes it. */
export interface Call {
  repository: FakeRepository;
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  /** Addresses for the links in answers. */
  repositoryUrl: string;
  api: string;
  nextId: () => number;
  /** What goes on after the answer was sent: deliveries. */
  later: (work: () => Promise<unknown>) => void;
}
