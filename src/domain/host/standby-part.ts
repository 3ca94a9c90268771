import { defaultSite } from '../front/defaults.ts';
import type { FrontModel } from '../front/model.ts';
import { openAccess } from '../front/settings.ts';
import type { HostAnswers, Standby } from './answers.ts';
import { appPort } from './apps.ts';
import { frontAddresses } from './front-network.ts';
import { containerFront } from './front-part.ts';
import { databaseName, hostNames } from './names.ts';
import { nginxFiles } from './nginx-files.ts';
import { openFile, type Producer, privateFile } from './plan.ts';
import { standbyHosts } from './standby-hosts.ts';
import { standbyToDo, standbyYaml } from './standby-yaml.ts';

/** What the second machine runs: as little as answers its users. Its web server is in the part `front`. */
export const standbyPart: Producer = (answers) => {
  const { project, standby, frontSubnet } = answers;
  if (standby === undefined) return { files: [] };
  const database = databaseName(standby.app);
  const addresses = frontAddresses(frontSubnet);
  const values = { ...hostNames(project), app: standby.app, database, databases: [database], addresses };
  return {
    parts: [{ name: 'standby', about: 'the copy on the second machine, read-only' }],
    files: [
      openFile('standby/docker-compose.yml', 'host/standby/docker-compose.yml.eta', values),
      privateFile('standby/.env', 'host/standby/env.eta', values, ['postgres']),
      openFile('standby/postgres/init.sql', 'host/postgres/init.sql.eta', values),
      ...nginxFiles('front/standby-nginx', standbyFront(answers, standby)),
    ],
    siskinYaml: standbyYaml(answers, standby),
    toDo: standbyToDo(answers, standby),
  };
};

/** The app stands where the router does on the first machine; nobody passes connections on to it, and it to nobody. */
function standbyFront(answers: HostAnswers, standby: Standby): FrontModel {
  const { router } = frontAddresses(answers.frontSubnet);
  const routes = standbyHosts(answers, standby).map((host) => ({ host, path: '/' }));
  const site = { app: standby.app, environment: 'production', routes, site: defaultSite, access: openAccess };
  return containerFront({ ...answers, forward: [], behind: '' }, `${router}:${appPort}`, [site]);
}
