import { describe, expect, it } from 'vitest';
import { LiveArea } from '../../../src/cli/live/area.ts';
import { memoryIo } from '../../support/app-cli.ts';

describe('an area drawn in place', () => {
  it('goes up by what it drew, and erases it', () => {
    const io = memoryIo({ columns: 20, rows: 10 });
    const area = new LiveArea(io);
    area.draw(['one', 'two']);
    area.draw(['three']);
    expect(io.out()).toBe('one\ntwo\n\u001b[2F\u001b[0Jthree\n');
  });

  it('knows the rows that a terminal made narrower has wrapped its lines to', () => {
    const io = memoryIo({ columns: 20, rows: 10 });
    const area = new LiveArea(io);
    area.draw(['\u001b[31m한글한글한글\u001b[39m', '']);
    io.columns = 5;
    area.draw(['x']);
    expect(io.out()).toContain('\u001b[4F\u001b[0Jx\n');
  });

  it('never draws more than the terminal has rows, but leaves all at its end', () => {
    const io = memoryIo({ columns: 20, rows: 3 });
    const area = new LiveArea(io);
    area.draw(['1', '2', '3', '4']);
    expect(io.out()).toBe('3\n4\n');
    area.close(['1', '2', '3', '4']);
    area.draw(['late']);
    area.close(['later']);
    expect(io.out()).toBe('3\n4\n\u001b[2F\u001b[0J1\n2\n3\n4\n');
  });
});
