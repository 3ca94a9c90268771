import { type Document, Lexer, LineCounter, parseDocument, type YAMLError } from 'yaml';

/** The largest file that is read: 256 KB. */
export const longestYamlBytes = 256 * 1024;

/** Words and marks of the file; a file of nothing but marks would keep the parser busy for seconds. */
const mostTokens = 50_000;
const mostMistakes = 10;

/** A mistake at an offset of the text; no offset when it is about the whole file. */
export interface YamlMistake {
  offset?: number;
  message: string;
}

export interface YamlText {
  document: Document.Parsed;
  lines: LineCounter;
}

/**
 * Parses YAML 1.2 text of bounded size into its syntax tree. Aliases are not expanded here, so that none can bomb.
 * @returns the mistakes instead when there are any
 */
export function parseYamlText(text: string): YamlText | { mistakes: YamlMistake[]; lines: LineCounter } {
  const lines = new LineCounter();
  const refuse = (...mistakes: YamlMistake[]) => ({ mistakes, lines });
  if (text.length > longestYamlBytes || Buffer.byteLength(text) > longestYamlBytes)
    return refuse({
      message: `is larger than ${longestYamlBytes / 1024} KB, which is the most that is read`,
    });
  if (countTokens(text) > mostTokens)
    return refuse({ message: `has more than ${mostTokens} words and marks, which is the most that is read` });
  // duplicate keys are found by yaml-tree.ts: the library compares every key with every other
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const mistakes = rootMistakes([...document.errors, ...document.warnings], lines);
  if (mistakes.length === 0) return { document, lines };
  return refuse(
    ...mistakes.map(({ pos, message }) => ({ offset: pos[0], message: explain(message, text, pos[0]) })),
  );
}

/** Without those that only follow from one before: in the same line, or after the parser has lost the structure. */
function rootMistakes(errors: readonly YAMLError[], lines: LineCounter): YAMLError[] {
  const sorted = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  const seen = new Set<number>();
  const roots = sorted.filter((error, index) => {
    const { line } = lines.linePos(error.pos[0]);
    if (seen.has(line) || (index > 0 && error.message.includes('token in YAML stream'))) return false;
    seen.add(line);
    return true;
  });
  return roots.slice(0, mostMistakes);
}

function countTokens(text: string): number {
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > mostTokens) break;
  }
  return count;
}

/** The parser's sentence without the text it quotes, which may be a secret. */
function explain(message: string, text: string, offset: number): string {
  const sentence = `is no YAML here: ${message.replace(/: ".*$/s, '')}`;
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  const variable = line.indexOf('${');
  const inFlow = variable > 0 && /[{,[]/.test(line.slice(0, variable));
  return inFlow ? `${sentence}; inside { } and [ ] write a variable in quotes: "\${NAME}"` : sentence;
}
