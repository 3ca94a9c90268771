import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { LfsClient } from './lfs-client.ts';
import type { LfsEndpoint } from './lfs-endpoint.ts';
import type { LfsPointer } from './lfs-pointers.ts';

/** One that was used so lately may be being read. */
const inUseMs = 3_600_000;

/** Git LFS objects that were fetched and checked, one file each, beside the mirrors. */
export class LfsStore {
  readonly #folder: string;
  readonly #maxBytes: number;

  /** @param maxBytes that all objects together may take; those not used for longest go first */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /**
   * Fetches those that are not here.
   * @param endpoint asked for only when something must be fetched
   * @returns the files by oid @throws SiskinError LFS_UNAVAILABLE, SOURCE_TOKEN_REFUSED
   */
  async fetch(
    pointers: readonly LfsPointer[],
    client: LfsClient,
    endpoint: () => Promise<LfsEndpoint>,
    subject: string,
  ): Promise<Map<string, string>> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const wanted = new Map(pointers.map((pointer) => [pointer.oid, pointer]));
    const missing: LfsPointer[] = [];
    for (const pointer of wanted.values()) if (!(await this.#touch(pointer))) missing.push(pointer);
    if (missing.length > 0) {
      await this.#makeRoom(missing.reduce((sum, { size }) => sum + size, 0));
      for (const download of await client.locate(await endpoint(), missing, subject)) {
        const draft = `${this.#path(download.oid)}.${randomUUID()}`;
        try {
          await client.download(download, draft);
          await rename(draft, this.#path(download.oid));
        } finally {
          await rm(draft, { force: true });
        }
      }
    }
    return new Map([...wanted.keys()].map((oid) => [oid, this.#path(oid)]));
  }

  /** @returns whether it is here, whole */
  async #touch({ oid, size }: LfsPointer): Promise<boolean> {
    const found = await stat(this.#path(oid)).catch(() => undefined);
    if (found?.size !== size) return false;
    await utimes(this.#path(oid), new Date(), new Date());
    return true;
  }

  async #makeRoom(bytes: number): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.#folder)).map(async (name) => {
        const path = join(this.#folder, name);
        const found = await stat(path).catch(() => undefined);
        return { path, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 };
      }),
    );
    let total = bytes + files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size, usedAt } of files.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#maxBytes || Date.now() - usedAt < inUseMs) return;
      await rm(path, { force: true });
      total -= size;
    }
  }

  #path(oid: string): string {
    return join(this.#folder, oid);
  }
}
