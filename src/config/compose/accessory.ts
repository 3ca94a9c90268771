import * as z from 'zod';
import type { AccessorySpec } from '../../domain/accessories/accessory.ts';
import { checkedText, must, quantity, type Refusals } from '../fields.ts';
import { size } from '../units.ts';
import { commonFields } from './common-fields.ts';
import { containerSpec } from './container.ts';
import { type ComposeContext, composeMapping } from './context.ts';
import { resourcesField } from './deploy.ts';
import { deployRefusals, serviceRefusals } from './refusals.ts';

/** What an accessory may say, beside what is refused for every service. */
const refusals: Refusals = {
  ...serviceRefusals,
  ports:
    "is refused: the app reaches an accessory by its name, and a published port is open to the network, past the host's firewall; to look into it use docker exec",
  build:
    'is refused: an accessory is made once from an image; what is built from the repository is rolled out as service',
  env_file:
    'is not read by Siskin: accessories take variables from environment, and their values from env or envFile in siskin.yaml',
  'x-siskin': 'is for the service that is rolled out: an accessory is neither rolled nor routed to',
  container_name: 'is refused: Siskin gives every accessory its name',
  hostname: 'is refused: the app reaches an accessory by the name of its service',
  scale: 'is refused: an accessory is one container',
  pull_policy: 'is not read by Siskin: an image that is not there is pulled',
  platform: "is not read by Siskin: images are for the host's platform",
};

const imageField = checkedText('the name of an image such as postgres:16', (image) => {
  if (!/^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$/.test(image))
    return 'must be the name of an image such as postgres:16';
  return image.startsWith('siskin/')
    ? "is a release's image of Siskin's own, which no accessory may run"
    : undefined;
});

/** A service that is brought up and never rolled. */
export const accessorySchema = (context: ComposeContext) =>
  composeMapping(
    {
      image: imageField,
      ...commonFields(context),
      shm_size: quantity(size, 'more than 0', (bytes) => bytes > 0).optional(),
      deploy: composeMapping(
        {
          resources: resourcesField.prefault({}),
          replicas: z.literal([1, '1'], must('1: an accessory is one container')).optional(),
        },
        deployRefusals,
      ).prefault({}),
    },
    refusals,
  );

/** The checked service as Siskin knows it. */
export function accessorySpec(
  name: string,
  service: z.output<ReturnType<typeof accessorySchema>>,
): AccessorySpec {
  return {
    name,
    image: service.image,
    container: containerSpec(service, service.healthcheck),
    stopGraceMs: service.stop_grace_period,
    ...(service.shm_size !== undefined && { shmSizeBytes: service.shm_size }),
  };
}
