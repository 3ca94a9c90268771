/** A block of Alloy's configuration: `loki.write "loki" { url = "…" endpoint { … } }`. */
export interface AlloyBlock {
  name: string;
  label: string | null;
  /** The text of each attribute's value. */
  attributes: Record<string, string>;
  blocks: AlloyBlock[];
}

/**
 * Reads as much of Alloy's language as its configuration of ours uses: blocks, attributes, strings, lists, objects and
 * references. `alloy` itself cannot be had here. @throws Error with the line of what is none of that
 */
export function parseAlloy(text: string): AlloyBlock[] {
  const tokens = tokensOf(text);
  const blocks = readBody(tokens, null);
  if (Object.keys(blocks.attributes).length > 0) throw new Error('attributes outside any block');
  return blocks.blocks;
}

interface Token {
  text: string;
  line: number;
}

function tokensOf(text: string): Token[] {
  const pattern = /\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?|[{}[\](),=]|\n|[ \t]+|./g;
  const tokens: Token[] = [];
  let line = 1;
  for (const [found] of text.matchAll(pattern)) {
    if (found === '\n') line += 1;
    else if (!/^(\s|\/\/)/.test(found)) {
      if (!/^(["\w-]|[{}[\](),=]$)/.test(found) || found === '"') throw new Error(`line ${line}: ${found}`);
      tokens.push({ text: found, line });
    }
  }
  return tokens;
}

function readBody(tokens: Token[], closing: '}' | null): Pick<AlloyBlock, 'attributes' | 'blocks'> {
  const body: Pick<AlloyBlock, 'attributes' | 'blocks'> = { attributes: {}, blocks: [] };
  for (;;) {
    const token = tokens.shift();
    if (token === undefined || token.text === closing) {
      if ((token === undefined) !== (closing === null)) throw new Error('a block is not closed');
      return body;
    }
    if (!/^[a-z_][\w.]*$/.test(token.text)) throw new Error(`line ${token.line}: ${token.text} is no name`);
    if (tokens[0]?.text === '=') readAttribute(tokens, token, body.attributes);
    else body.blocks.push(readBlock(tokens, token));
  }
}

function readAttribute(tokens: Token[], { text, line }: Token, into: Record<string, string>): void {
  tokens.shift();
  if (text in into) throw new Error(`line ${line}: ${text} stands here twice`);
  into[text] = readValue(tokens);
}

function readBlock(tokens: Token[], { text, line }: Token): AlloyBlock {
  const label = tokens[0]?.text.startsWith('"') ? (tokens.shift()?.text.slice(1, -1) ?? null) : null;
  if (tokens.shift()?.text !== '{') throw new Error(`line ${line}: no { after ${text}`);
  return { name: text, label, ...readBody(tokens, '}') };
}

/** A value, with what its brackets hold. */
function readValue(tokens: Token[]): string {
  const parts: string[] = [];
  let depth = 0;
  do {
    const token = tokens.shift();
    if (token === undefined) throw new Error('a value is not closed');
    if ('{[('.includes(token.text)) depth += 1;
    if ('}])'.includes(token.text)) depth -= 1;
    parts.push(token.text);
  } while (depth > 0);
  return parts.join(' ');
}
