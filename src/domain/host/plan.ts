import type { FrontModel } from '../front/model.ts';
import type { HostAnswers } from './answers.ts';

interface Place {
  /** Relative to the folder. */
  path: string;
  /** 0600 for what holds secrets. */
  mode: number;
}

/** A template of deploy-templates, and what goes into it. */
export interface TemplateFile extends Place {
  /** Path below deploy-templates. One that ends in `.eta` is filled in, any other is copied. */
  template: string;
  /** `it` of the template, beside `secrets` and `machine`. */
  values: object;
  /** Names of the secrets it shows; a name stands for the same value in every file. */
  secrets: readonly string[];
}

/** A file whose text is known. */
export interface TextFile extends Place {
  text: string;
}

/** One of the files that the front's model becomes. */
export interface FrontFile extends Place {
  front: FrontModel;
  /** Relative to the folder of nginx.conf. */
  name: string;
}

export type HostFile = TemplateFile | TextFile | FrontFile;

/** A Compose file that the root file includes, with its own `.env`. */
export interface HostPart {
  /** The folder of `docker-compose.yml` and `.env`; in the order in which parts are started. */
  name: string;
  about: string;
}

/** What one producer adds to the folder. */
export interface Produced {
  files: HostFile[];
  parts?: HostPart[];
  /** Top-level keys of siskin.yaml, as YAML text. */
  siskinYaml?: string[];
  /** What only the operator can do, one sentence each. */
  toDo?: string[];
}

/** Decides on files from the answers; the front, monitoring, backup and standby each have one. */
export type Producer = (answers: HostAnswers) => Produced;

/** The folder before it is written. */
export interface HostPlan {
  parts: HostPart[];
  files: HostFile[];
  /** What COMPOSE_PROFILES holds on the first machine. */
  profiles: string[];
  /** What only the operator can do, one sentence each. */
  toDo: string[];
}

/** The order in which parts are started; one that is not named comes before the front. */
export const partOrder = ['main', 'test', 'standby', 'backup', 'monitoring', 'siskin', 'front'];

/** Puts the producers' parts into the order in which they are started. Paths are each there once, or a producer is wrong. */
export function gather(produced: readonly Produced[]): Pick<HostPlan, 'parts' | 'files'> {
  const parts = produced.flatMap(({ parts: own = [] }) => own);
  const files = produced.flatMap((one) => one.files);
  const paths = files.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new Error(`${twice} is produced twice`);
  return { parts: [...parts].sort((a, b) => rank(a) - rank(b)), files };
}

const rank = ({ name }: HostPart): number => {
  const place = partOrder.indexOf(name);
  return place === -1 ? partOrder.length - 1.5 : place;
};

/** A file for everybody's eyes. */
export const openFile = (path: string, template: string, values: object = {}): TemplateFile => ({
  path,
  mode: 0o644,
  template,
  values,
  secrets: [],
});

/** A file for its owner's eyes. */
export const privateFile = (
  path: string,
  template: string,
  values: object,
  secrets: readonly string[],
): TemplateFile => ({
  path,
  mode: 0o600,
  template,
  values,
  secrets,
});

/** The secrets that a file shows. */
export const secretsOf = (file: HostFile): readonly string[] => ('secrets' in file ? file.secrets : []);
