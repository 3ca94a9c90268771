import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DockerImages } from '../../../src/adapters/docker/images.ts';
import {
  build,
  docker,
  forgetBuilds,
  image,
  images,
  leftOver,
  prepareBuilds,
  run,
} from '../../support/image-builds.ts';

beforeAll(prepareBuilds);
afterEach(async () => {
  await images.remove(image);
  expect(await leftOver()).toEqual([]);
});
afterAll(forgetBuilds);

describe('build with limits', () => {
  const megabytes = 64;
  const limited = () =>
    new DockerImages(docker, { limits: { memoryBytes: megabytes * 2 ** 20, nanoCpus: 5e8 } });
  const node = (script: string) =>
    `FROM node:20-bookworm-slim\nRUN ["node", "-e", ${JSON.stringify(script)}]\n`;
  const unnamed = async () =>
    (await docker.listImages({ all: true })).filter(({ Labels }) => Labels?.['siskin.test'] === run).length;

  it('threat 14: a step that takes more memory than it may is killed, and the reason names the setting', async () => {
    const hungry = node(
      `const all = []; for (let n = 0; n < 512; n += 1) all.push(Buffer.alloc(2 ** 20, 1)); console.log(all.length, "of ${run}")`,
    );
    const { lines } = await build({ Dockerfile: hungry });
    expect(lines).toContainEqual(expect.stringMatching(/^#\d+ 512 of test-/));
    const error = await build({ Dockerfile: `${hungry}# limited\n` }, {}, limited()).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'BUILD_FAILED' });
    expect((error as Error).message).toMatch(
      /^the build failed at "\[2\/3\] RUN .*code: 137: it was killed, as a step is that takes more than build\.memory of siskin\.yaml \(64 MB\)/,
    );
  });

  it('threat 14: a step that forks without end stays within its limits until it is killed', async () => {
    const fork = `${node('')}RUN node -e 'require("fs").writeFileSync("/f.sh", "#!/bin/sh\\nwhile :; do /bin/sh /f.sh & done\\n")' && /bin/sh /f.sh\n`;
    await expect(build({ Dockerfile: fork }, { timeoutMs: 4_000 }, limited())).rejects.toMatchObject({
      code: expect.stringMatching(/^BUILD_(FAILED|TIMED_OUT)$/),
    });
  });

  it('gives a step its share of the CPUs', async () => {
    const busy = node(
      'const until = Date.now() + 1500; while (Date.now() < until); const { user, system } = process.cpuUsage(); console.log("took", (user + system) / 1000)',
    );
    const { lines } = await build({ Dockerfile: busy }, {}, limited());
    const took = lines.map((line) => Number(/ took ([\d.]+)$/.exec(line)?.[1] ?? 0)).find((ms) => ms > 0);
    expect(took).toBeLessThan(1_200);
  });

  it('tells its steps, labels its image, heeds target and arguments, and removes all of it', async () => {
    const before = await unnamed();
    const dockerfile = `FROM node:20-bookworm-slim AS base\nARG WORD\nRUN echo "$WORD ${run}"\nFROM base AS run\nCOPY a a\nFROM base\nRUN exit 3\n`;
    const spec = { context: '.', dockerfile: 'Dockerfile', args: { WORD: 'hello' }, target: 'run' };
    const { id, lines } = await build({ Dockerfile: dockerfile, a: 'x' }, { build: spec }, limited());
    expect(id).toBe(await images.find(image));
    expect((await docker.getImage(image).inspect()).Config.Labels).toMatchObject({ 'siskin.test': run });
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^#3 \[3\/\d\] RUN echo/),
        `#3 hello ${run}`,
        expect.stringMatching(/^#3 done in \d+\.\d s$/),
      ]),
    );
    const again = await build({ Dockerfile: dockerfile, a: 'x' }, { build: spec }, limited());
    expect(again.lines).toContain('#3 CACHED');
    await images.remove(image);
    expect(await unnamed()).toBe(before);
  });

  it.each([
    ['RUN --mount=type=cache,target=/x true', 'requires BuildKit'],
    ['COPY --chmod=700 Dockerfile /x', 'requires BuildKit'],
    ['RUN <<EOF\ntrue\nEOF', 'dockerfile parse error'],
  ])('says what %s would need', async (line, words) => {
    const broken = build({ Dockerfile: `FROM node:20-bookworm-slim\n${line}\n` }, {}, limited());
    const error = await broken.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BUILD_FAILED' });
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).toContain(
      'build.memory and build.cpus of siskin.yaml build without BuildKit',
    );
  });

  it('threat 14: an aborted or slow build ends, with the step that runs', async () => {
    const sleeper = node('setTimeout(() => {}, 600000); console.log("asleep")');
    await expect(build({ Dockerfile: sleeper }, { timeoutMs: 3_000 }, limited())).rejects.toMatchObject({
      code: 'BUILD_TIMED_OUT',
    });
    await expect
      .poll(
        async () =>
          (await docker.listContainers()).filter(({ Command }) => Command.includes('600000')).length,
        { timeout: 20_000 },
      )
      .toBe(0);
  });
});
