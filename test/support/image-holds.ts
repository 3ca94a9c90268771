import type Docker from 'dockerode';

/** Whether a text stands anywhere in an image as it is saved: layers, configuration, history. */
export async function imageHolds(docker: Docker, image: string, text: string): Promise<boolean> {
  const wanted = Buffer.from(text);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of (await docker.getImage(image).get()) as AsyncIterable<Buffer>) {
    const all = Buffer.concat([rest, chunk]);
    if (all.includes(wanted)) return true;
    rest = all.subarray(Math.max(0, all.length - wanted.length));
  }
  return false;
}
