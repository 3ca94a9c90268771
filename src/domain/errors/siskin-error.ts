import { type ErrorCode, errorCatalogue } from './catalogue.ts';

/** Where in a file the mistake is; line and column count from 1. */
export interface SourceLocation {
  file: string;
  line?: number;
  column?: number;
  /** Path of the key, e.g. `services.web.deploy.replicas`. */
  key?: string;
}

/** Every failure a user can meet: a code of the catalogue, a sentence of this occurrence, what to do. */
export class SiskinError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly location: SourceLocation | undefined;

  /**
   * @param code of errors/catalogue.ts; docs/errors.md explains each
   * @param message one sentence that names what failed, with this occurrence's values
   */
  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; location?: SourceLocation; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SiskinError';
    this.code = code;
    this.hint = options.hint ?? errorCatalogue[code].hint;
    this.location = options.location;
  }
}

/** The sentence of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
