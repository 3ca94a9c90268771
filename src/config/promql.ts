import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

/** What is wrong with a query, and where: an offset from 0 into its text. */
export interface PromqlMistake {
  message: string;
  at: number;
}

/**
 * Checks that a text is PromQL with one moment's number for an answer, by Prometheus's own grammar
 * (web/ui/module/lezer-promql/src/promql.grammar). What only data can show, such as several series, is not looked for.
 * @returns how far back the query looks: its longest range, those of subqueries and what is in them added up, in ms
 */
export function checkPromql(query: string): { lookBackMs: number } | PromqlMistake {
  const { topNode } = parser.parse(query);
  const mistake = syntaxMistake(topNode, query) ?? typeMistake(topNode, query) ?? outermostMistake(topNode);
  return mistake ?? { lookBackMs: lookBackMs(topNode, query) };
}

function syntaxMistake(top: Node, query: string): PromqlMistake | undefined {
  let found: PromqlMistake | undefined;
  top.cursor().iterate(({ type, from, to }) => {
    found ??= type.isError ? unexpected(query, from) : literalMistake(type.name, query.slice(from, to), from);
    return found === undefined;
  });
  return found;
}

function unexpected(query: string, at: number): PromqlMistake {
  const rest = query.slice(at).trimStart();
  if (rest === '') return { message: 'ends too early: it is no whole PromQL', at: query.length };
  const called = rest.startsWith('(') && /[A-Za-z_]\w*\s*$/.exec(query.slice(0, at));
  if (called) return { message: `calls ${called[0].trim()}(), which is no function`, at: called.index };
  return { message: `is no PromQL from ${JSON.stringify(rest.slice(0, 20))} on`, at };
}

/** The escapes of Go's string literals; in backquotes there are none. */
const goodString =
  /^(?:(["'])(?:(?!\1)[^\\\n]|\\(?:\1|[\\abfnrtv]|[0-7]{3}|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}))*\1|`[^`]*`)$/;

/** The years to milliseconds of a Prometheus duration, and not its newer arithmetic, which older ones do not know. */
const durationText = /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;

/** What the grammar lets pass in a single word. */
function literalMistake(name: string, text: string, at: number): PromqlMistake | undefined {
  if (name === 'StringLiteral' && !goodString.test(text)) {
    const message =
      'has a string without its end, or with an escape that PromQL does not know (a backslash is \\\\)';
    return { message, at };
  }
  if (name !== 'DurationExpr' || (durationText.test(text) && /[1-9]/.test(text))) return undefined;
  return {
    message: `has ${JSON.stringify(text.slice(0, 20))} where a duration such as 30s or 5m is meant`,
    at,
  };
}

type Kind = 'number' | 'range' | 'text';

/** The grammar does not know types: `rate(up)` and `up[5m] + 1` are words in the right order to it. */
function typeMistake(node: Node, query: string): PromqlMistake | undefined {
  for (const child of childrenOf(node)) {
    const inner = typeMistake(child, query);
    if (inner) return inner;
  }
  if (node.name === 'FunctionCall') return callMistake(node, query);
  if (isRange(node)) return rangeMistake(node);
  const operands = operandsOf(node);
  const range = operands.find((operand) => kindOf(operand) === 'range');
  if (range) return { message: `calculates with ${severalValues}`, at: range.from };
  const text = node.name !== 'AggregateExpr' && operands.find((operand) => kindOf(operand) === 'text');
  return text ? { message: 'calculates with a text', at: text.from } : undefined;
}

const isRange = ({ name }: Node): boolean => name === 'MatrixSelector' || name === 'SubqueryExpr';

function operandsOf(node: Node): Node[] {
  if (node.name === 'AggregateExpr') return childrenOf(node.getChild('FunctionCallBody'));
  return isOperation(node) ? childrenOf(node) : [];
}

const isOperation = ({ name }: Node): boolean => name === 'BinaryExpr' || name === 'UnaryExpr';

/** In Prometheus a range binds closest, in this grammar last: `1 + up[5m]` is `(1 + up)[5m]` to it. */
function rangeMistake(node: Node): PromqlMistake | undefined {
  const [of] = childrenOf(node);
  if (!of || (node.name === 'MatrixSelector' && of.name === 'VectorSelector')) return undefined;
  if (node.name === 'SubqueryExpr' && kindOf(of) === 'number' && !isOperation(of)) return undefined;
  const message = 'has a range on something else than a metric: for that there are subqueries, (…)[5m:10s]';
  return { message, at: node.from };
}

const severalValues = 'a range, which is several values at a time';

function callMistake(call: Node, query: string): PromqlMistake | undefined {
  const name = query.slice(call.from, call.firstChild?.to ?? call.from);
  const range = childrenOf(call.getChild('FunctionCallBody')).find(
    (argument) => kindOf(argument) === 'range',
  );
  const needsRange = rangeFunctions.test(name);
  if (needsRange && !range) return { message: `needs a range in ${name}(), for example [1m]`, at: call.from };
  if (needsRange || !range) return undefined;
  return { message: `gives ${name}() ${severalValues}`, at: range.from };
}

const rangeFunctions =
  /_over_time$|^([ai]?delta|i?rate|increase|deriv|predict_linear|changes|resets|double_exponential_smoothing)$/;

function kindOf(node: Node): Kind {
  if (node.name === 'StringLiteral') return 'text';
  if (isRange(node)) return 'range';
  const wraps = ['PromQL', 'ParenExpr', 'OffsetExpr', 'StepInvariantExpr', 'AnchoredExpr', 'SmoothedExpr'];
  const inner = wraps.includes(node.name) && childrenOf(node).find(({ name }) => name !== 'LineComment');
  return inner ? kindOf(inner) : 'number';
}

function outermostMistake(top: Node): PromqlMistake | undefined {
  const kind = kindOf(top);
  if (kind === 'text') return { message: 'gives a text, not a number', at: 0 };
  return kind === 'range'
    ? { message: 'returns several values, wrap it in rate() and sum()', at: 0 }
    : undefined;
}

/** Ranges in a subquery reach back from where that one begins. */
function lookBackMs(node: Node, query: string): number {
  const range = isRange(node) ? node.getChild('DurationExpr') : null;
  const own = range ? durationMs(query.slice(range.from, range.to)) : 0;
  return own + Math.max(0, ...childrenOf(node).map((child) => lookBackMs(child, query)));
}

const unitsMs: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

const durationMs = (text: string): number =>
  [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (unitsMs[unit] ?? Number.NaN),
    0,
  );

function childrenOf(node: Node | null): Node[] {
  const children: Node[] = [];
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) children.push(child);
  return children;
}
