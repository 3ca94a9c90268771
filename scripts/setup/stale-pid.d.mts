export function isLivingEngine(stat: string | null): boolean;
