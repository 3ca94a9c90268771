import type { FrontModel } from '../front/model.ts';
import type { HostFile } from './plan.ts';

/** Every file of nginx's configuration, below `folder`. */
export function nginxFiles(folder: string, model: FrontModel): HostFile[] {
  const names = [
    'nginx.conf',
    'mime.types',
    'challenges.conf',
    'proxy.conf',
    ...model.environments.flatMap(({ name }) => [
      `environments/${name}.conf`,
      `environments/${name}.location`,
    ]),
    ...model.hosts.map(({ host }) => `hosts/${host}.conf`),
    ...(model.forward
      ? ['stream.conf', ...model.forward.targets.map(({ name }) => `forward/${name}.conf`)]
      : []),
  ];
  return names.map((name): HostFile => ({ path: `${folder}/${name}`, mode: 0o644, front: model, name }));
}
