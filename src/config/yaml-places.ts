import type { LineCounter } from 'yaml';
import type { SourceLocation } from '../domain/errors/siskin-error.ts';
import { type Path, pathText } from './yaml-path.ts';

interface Place {
  offset: number;
  /** A single value's text as written, before variables were put in. */
  written?: string;
}

/** Where every key and value of a document stood. */
export class YamlPlaces {
  private readonly file: string;
  private readonly lines: LineCounter;
  private readonly places = new Map<string, Place>();

  constructor(file: string, lines: LineCounter) {
    this.file = file;
    this.lines = lines;
    this.places.set(keyOf([]), { offset: 0 });
  }

  /** The first place that is named for a path stays: the key's, not the value's behind it. */
  remember(path: Path, offset: number, written?: string): void {
    const known = this.places.get(keyOf(path));
    this.places.set(keyOf(path), {
      offset: known?.offset ?? offset,
      ...(written !== undefined && { written }),
    });
  }

  written(path: Path): string | undefined {
    return this.places.get(keyOf(path))?.written;
  }

  /** The place of the path, or of the nearest thing around it that was written. */
  locate(path: Path): SourceLocation {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.places.get(keyOf(path.slice(0, length)));
      if (place) return this.at(place.offset, path);
    }
    return { file: this.file, key: pathText(path) };
  }

  at(offset: number, path: Path): SourceLocation {
    const { line, col } = this.lines.linePos(offset);
    const key = pathText(path);
    return { file: this.file, line, column: col, ...(key !== '' && { key }) };
  }
}

const keyOf = (path: Path): string => path.join('\0');
