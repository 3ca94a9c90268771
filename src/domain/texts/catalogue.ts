import { en } from './en.ts';
import { ko } from './ko.ts';
import type { Locale, Texts } from './texts.ts';

const catalogue: Record<Locale, Texts> = { en, ko };

export const textsOf = (locale: Locale): Texts => catalogue[locale];
