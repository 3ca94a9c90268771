/** What is left to do for GitHub to tell of pushes: commands, or nothing when it was done. */
export type RegisterWebhook = (app: string) => Promise<string[]>;

/** Registering needs a token of GitHub and a server that GitHub reaches; it is a verb of its own. */
export const registerWebhook: RegisterWebhook = (app) => Promise.resolve([`siskin webhook register ${app}`]);
