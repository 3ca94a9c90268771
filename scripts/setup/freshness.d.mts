export function modulesState(root: string): 'match' | 'missing' | 'stale';
export function distState(root: string): 'fresh' | 'missing' | 'stale';
