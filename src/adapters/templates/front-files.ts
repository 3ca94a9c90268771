import { createHash } from 'node:crypto';
import type { FrontModel } from '../../domain/front/model.ts';
import { readTemplate, renderTemplate } from './render-template.ts';

export interface RenderedFile {
  /** Relative to the folder of nginx.conf. */
  path: string;
  text: string;
}

/** nginx's configuration, and the name of it that nginx tells at `/generation` of its status port. */
export interface FrontFiles {
  generation: string;
  files: RenderedFile[];
}

/** The same model gives the same files: nginx.conf, and what it includes. */
export async function frontFiles(model: FrontModel): Promise<FrontFiles> {
  const files = [
    { path: 'mime.types', text: await readTemplate('nginx/mime.types') },
    await file('challenges.conf', 'challenges.conf', model),
    await file('proxy.conf', 'proxy.conf', model),
    ...(await Promise.all(model.environments.flatMap((one) => environmentFiles(model, one)))),
    ...(await Promise.all(hostFiles(model))),
    ...(await Promise.all(forwardFiles(model))),
    await file('nginx.conf', 'nginx.conf', model),
  ];
  const generation = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
  return {
    generation,
    files: files.map(({ path, text }) => ({ path, text: text.replaceAll('@generation@', generation) })),
  };
}

const file = async (path: string, template: string, data: object): Promise<RenderedFile> => ({
  path,
  text: await renderTemplate(`nginx/${template}.eta`, data),
});

const environmentFiles = (model: FrontModel, environment: FrontModel['environments'][number]) => [
  file(`environments/${environment.name}.conf`, 'environment.conf', environment),
  file(`environments/${environment.name}.location`, 'location.conf', { ...model, environment }),
];

function hostFiles(model: FrontModel): Promise<RenderedFile>[] {
  const byName = new Map(model.environments.map((one) => [one.name, one]));
  return model.hosts.map((host) => {
    const locations = host.locations.map((one) => ({ ...one, environment: byName.get(one.environment) }));
    return file(`hosts/${host.host}.conf`, 'host.conf', { ...model, host: { ...host, locations } });
  });
}

/** TLS by its name, and plain HTTP of each other host. */
function forwardFiles(model: FrontModel): Promise<RenderedFile>[] {
  if (model.forward === null) return [];
  return [
    file('stream.conf', 'stream.conf', model),
    ...(model.http.length === 0 ? [] : model.forward.targets).map((target) =>
      file(`forward/${target.name}.conf`, 'forward.conf', { ...model, target }),
    ),
  ];
}
