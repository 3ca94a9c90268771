import { z } from 'zod';
import { namePattern, shaPattern } from '../../domain/names.ts';
import type { KeptImage } from '../../pipeline/ports.ts';

const listed = z.object({
  Id: z.string(),
  Labels: z.object({
    'siskin.service': z.string().regex(namePattern),
    'siskin.release': z.string().regex(/^r[1-9]\d{0,8}$/),
    'siskin.sha': z.string().regex(shaPattern),
    'siskin.deployment': z.string().regex(/^d[1-9]\d{0,14}$/),
  }),
});

/** Which releases these images are, oldest first; what Siskin did not label is none of them. */
export const keptImages = (images: readonly unknown[]): KeptImage[] =>
  images
    .flatMap((image) => {
      const { success, data } = listed.safeParse(image);
      if (!success) return [];
      const { Id, Labels } = data;
      const release = Number(Labels['siskin.release'].slice(1));
      return [
        {
          release,
          service: Labels['siskin.service'],
          sha: Labels['siskin.sha'],
          deployment: Labels['siskin.deployment'],
          imageId: Id,
        },
      ];
    })
    .sort((a, b) => a.release - b.release);
