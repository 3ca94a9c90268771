import Docker from 'dockerode';
import { z } from 'zod';

const docker = new Docker();

const engineEvent = z.object({
  Action: z.string(),
  Actor: z.object({ Attributes: z.looseObject({ name: z.string() }) }),
  timeNano: z.number(),
});

/** What the engine did to an app's containers between two times (ms since the epoch). @returns the time of an action */
export async function engineActions(
  app: string,
  from: number,
  to: number,
): Promise<(container: string, action: string) => number> {
  const stream = await docker.getEvents({
    since: Math.floor(from / 1000),
    until: Math.ceil(to / 1000),
    filters: { type: ['container'], label: [`siskin.app=${app}`] },
  });
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  const events = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => engineEvent.parse(JSON.parse(line)));
  return (container, action) => {
    const event = events.find(
      ({ Action, Actor }) => Action === action && Actor.Attributes.name === container,
    );
    if (!event) throw new Error(`the engine did not ${action} ${container}`);
    return event.timeNano / 1e6;
  };
}

/** When the fixture app said that it listens, in ms since the epoch, by the engine's clock of its log. */
export async function listeningAt(container: string): Promise<number> {
  const log = await docker.getContainer(container).logs({ stdout: true, timestamps: true });
  const time = /(\d{4}-\d\d-\d\dT[\d:.]+Z) listening on/.exec(log.toString('utf8'))?.[1];
  if (time === undefined) throw new Error(`${container} never said that it listens`);
  return Date.parse(time);
}
