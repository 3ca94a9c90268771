import { isDeepStrictEqual } from 'node:util';
import type { AppConfig, SiskinConfig } from './siskin-config.ts';

/** The top-level keys that two readings of siskin.yaml differ in, but for what the front alone is told: `front`, and its part of environments. */
export function changedBesideFront(before: SiskinConfig, after: SiskinConfig): string[] {
  const [one, other] = [withoutFront(before), withoutFront(after)];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].filter((key) => !isDeepStrictEqual(Reflect.get(one, key), Reflect.get(other, key))).sort();
}

const withoutFront = ({ front: _front, apps, ...others }: SiskinConfig): object => ({
  ...others,
  apps: apps.map(appWithoutFront),
});

const appWithoutFront = ({ environments, ...app }: AppConfig): object => ({
  ...app,
  environments: environments.map(({ front: _front, access: _access, ...environment }) => environment),
});
