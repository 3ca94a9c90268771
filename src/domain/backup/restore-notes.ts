/** A restore that goes on, or broke off: by its error, or because its process ended. */
export interface RestoreNote {
  id: string;
  /** What it replaces, in words. */
  targets: string[];
}

/** The notes while this restore goes on; one that is run again has one note. */
export const withNote = (notes: readonly RestoreNote[], note: RestoreNote): RestoreNote[] => [
  ...notes.filter(({ id, targets }) => id !== note.id || targets.join() !== note.targets.join()),
  note,
];

/** The notes after a restore ended well: what it replaced as a whole is whole again, whichever backup came of it. */
export const withoutRestored = (notes: readonly RestoreNote[], restored: readonly string[]): RestoreNote[] =>
  notes.filter(({ targets }) => !targets.every((target) => restored.includes(target)));
