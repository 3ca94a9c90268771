/** What a bench is asked for. */
export interface BenchOptions {
  /** Fewer rounds and shorter runs: to see that it works, not to compare. */
  quick: boolean;
  /** Tells people how far it is. */
  note: (line: string) => void;
}

export interface Table {
  title: string;
  /** The first column is text, aligned left; the others are numbers. */
  columns: string[];
  rows: (string | number)[][];
}

export interface BenchResult {
  tables: Table[];
  /** What went wrong, in sentences. Being slow is nothing that goes wrong. */
  failures: string[];
  /** The same numbers for programs, as `--json` writes them. */
  figures: Record<string, unknown>;
}

export interface Bench {
  about: string;
  run(options: BenchOptions): Promise<BenchResult>;
}
