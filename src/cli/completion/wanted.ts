import type { Argument, Command, Option } from 'commander';

/** A word that may come next, and what it is. */
export interface Candidate {
  value: string;
  about: string;
}

/** What the word at the cursor can be. */
export type Wanted =
  | { kind: 'words'; candidates: Candidate[] }
  /** A value that the argument or option of this name takes; `before` are the arguments of the verb so far. */
  | { kind: 'value'; of: string; before: readonly string[] }
  | { kind: 'files' }
  | { kind: 'nothing' };

export interface Completion {
  wanted: Wanted;
  /** The values of the options so far, by the option's attribute name. */
  options: Record<string, string>;
}

const nothing: Wanted = { kind: 'nothing' };

/**
 * What a command line, typed so far, asks for; read off the program's own definitions.
 * @param words after `siskin`, the last is the one at the cursor, '' when it has just begun
 */
export function wantedAt(program: Command, words: readonly string[]): Completion {
  const typed = words.slice(0, -1);
  const partial = words.at(-1) ?? '';
  const before: string[] = [];
  const options: Record<string, string> = {};
  let command = program;
  let pending: Option | undefined;
  for (const word of typed) {
    if (pending !== undefined) {
      options[pending.attributeName()] = word;
      pending = undefined;
    } else if (word.startsWith('-')) {
      const option = optionsOf(command).find((one) => one.short === word || one.long === word);
      pending = option && takesValue(option) ? option : undefined;
    } else {
      const verb = before.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (verb) command = verb;
      else before.push(word);
    }
  }
  return { wanted: pending ? valueWanted(pending) : wantedOf(command, partial, before), options };
}

function wantedOf(command: Command, partial: string, before: readonly string[]): Wanted {
  if (partial.startsWith('-')) return startingWith(partial, optionsOf(command).map(optionCandidate));
  if (command.commands.length > 0) {
    const verbs = command.createHelp().visibleCommands(command);
    const candidates = verbs.map((one) => ({ value: one.name(), about: one.description() }));
    return before.length === 0 ? startingWith(partial, candidates) : nothing;
  }
  const argument = command.registeredArguments[before.length];
  return argument === undefined ? nothing : argumentWanted(argument, before);
}

/** Its own and those of every verb, none that help hides. */
function optionsOf(command: Command): Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent ? [...own, ...command.parent.createHelp().visibleOptions(command.parent)] : own;
}

const takesValue = ({ required, optional }: Option): boolean => required || optional;

const optionCandidate = ({ long, short, description }: Option): Candidate => ({
  value: long ?? short ?? '',
  about: description,
});

const isFile = (name: string): boolean => /file$|^config$|^compose$|^directory$/i.test(name);

function valueWanted(option: Option): Wanted {
  if (option.argChoices) return choices(option.argChoices);
  const placeholder = /<(\w+)>/.exec(option.flags)?.[1] ?? '';
  return isFile(placeholder) ? { kind: 'files' } : { kind: 'value', of: option.attributeName(), before: [] };
}

function argumentWanted(argument: Argument, before: readonly string[]): Wanted {
  if (argument.argChoices) return choices(argument.argChoices);
  return isFile(argument.name()) ? { kind: 'files' } : { kind: 'value', of: argument.name(), before };
}

const choices = (values: readonly string[]): Wanted => ({
  kind: 'words',
  candidates: values.map((value) => ({ value, about: '' })),
});

function startingWith(partial: string, candidates: readonly Candidate[]): Wanted {
  const unique = new Map(candidates.map((one) => [one.value, one]));
  return { kind: 'words', candidates: [...unique.values()].filter(({ value }) => value.startsWith(partial)) };
}
