/** Values for `${VAR}`; only own keys count. */
export type Variables = Readonly<Record<string, string>>;

/** The text with its variables put in, or every reason why that cannot be done. */
export type Interpolated = { text: string } | { errors: string[] };

/**
 * Puts variables into a text as the Compose Specification defines it (12-interpolation): `$VAR`, `${VAR}`,
 * `${VAR:-default}`, `${VAR-default}`, `${VAR:?message}`, `${VAR?message}`, `${VAR:+other}`, `${VAR+other}`, `$$` for
 * a dollar sign; defaults may hold variables themselves. One rule is stricter than Compose: a variable that is
 * not set and has no default is an error, not an empty string.
 */
export function interpolate(text: string, variables: Variables): Interpolated {
  if (!text.includes('$')) return { text };
  const errors: string[] = [];
  const result = readText(text, 0, variables, errors, 0);
  return errors.length > 0 ? { errors } : { text: result };
}

const namePattern = /[A-Za-z_][A-Za-z0-9_]{0,127}/y;
const deepestDefault = 8;
/** Characters of one value with its variables put in: a file of references cannot blow up what they stand for. */
const longestResult = 256 * 1024;

function readText(
  text: string,
  start: number,
  variables: Variables,
  errors: string[],
  depth: number,
): string {
  let result = '';
  for (let at = start; at < text.length; ) {
    const dollar = text.indexOf('$', at);
    if (dollar === -1) return result + text.slice(at);
    const { value, end } = readVariable(text, dollar, variables, errors, depth);
    result += text.slice(at, dollar) + value;
    at = end;
    if (result.length > longestResult) {
      errors.push('becomes longer than 256 KB with its variables put in');
      return '';
    }
  }
  return result;
}

interface Read {
  value: string;
  end: number;
}

function readVariable(
  text: string,
  dollar: number,
  variables: Variables,
  errors: string[],
  depth: number,
): Read {
  if (text[dollar + 1] === '$') return { value: '$', end: dollar + 2 };
  const braced = text[dollar + 1] === '{';
  const name = nameAt(text, dollar + (braced ? 2 : 1));
  if (name === undefined) {
    errors.push(`has a $ that begins no variable: write $$ for a dollar sign, or \${NAME}`);
    return { value: '', end: text.length };
  }
  if (!braced) return { value: valueNamed(name, variables, errors), end: dollar + 1 + name.length };
  const close = closingBrace(text, dollar + 2);
  if (close === -1) {
    errors.push(`has \${${name} without its closing brace`);
    return { value: '', end: text.length };
  }
  const rest = text.slice(dollar + 2 + name.length, close);
  return { value: applyOperator(name, rest, variables, errors, depth), end: close + 1 };
}

function applyOperator(
  name: string,
  rest: string,
  variables: Variables,
  errors: string[],
  depth: number,
): string {
  if (rest === '') return valueNamed(name, variables, errors);
  const operator = /^(:?)([-?+])/.exec(rest);
  if (!operator || depth >= deepestDefault) {
    errors.push(
      operator
        ? 'has defaults within defaults, deeper than 8'
        : `has \${${name}…} with something odd after the name: \${${name}:-default} and \${${name}:?message} are right`,
    );
    return '';
  }
  const value = ownValue(name, variables);
  const present = operator[1] === ':' ? value !== undefined && value !== '' : value !== undefined;
  const argument = () => readText(rest.slice(operator[0].length), 0, variables, errors, depth + 1);
  if (operator[2] === '+') return present ? argument() : '';
  if (present) return value ?? '';
  if (operator[2] === '-') return argument();
  errors.push(`needs the variable ${name}: ${argument() || 'it is not set'}`);
  return '';
}

function valueNamed(name: string, variables: Variables, errors: string[]): string {
  const value = ownValue(name, variables);
  if (value === undefined)
    errors.push(`the variable ${name} is not set: set it, or write a default as in \${${name}:-default}`);
  return value ?? '';
}

const ownValue = (name: string, variables: Variables): string | undefined =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;

function nameAt(text: string, at: number): string | undefined {
  namePattern.lastIndex = at;
  return namePattern.exec(text)?.[0];
}

/** The brace that ends the variable opened before `from`, past those of variables in its default. */
function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '$' && text[at + 1] === '$') at += 1;
    else if (text[at] === '$' && text[at + 1] === '{') open += 1;
    else if (text[at] === '}') open -= 1;
    if (open === 0) return at;
  }
  return -1;
}
