import { describe, expect, it } from 'vitest';
import { parseShowProc, sessionIds } from '../../../src/adapters/haproxy/master-cli.ts';
import { Mutex } from '../../../src/adapters/haproxy/mutex.ts';
import { parseShowStat } from '../../../src/adapters/haproxy/show-stat.ts';

const header =
  '# pxname,svname,scur,econ,eresp,wretr,wredis,status,addr,uweight,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,';

describe('parseShowStat', () => {
  it('reads servers of every state, IPv4 and IPv6', () => {
    const answer = [
      header,
      'be,r1-1,3,0,0,0,0,no check,10.0.0.1:80,100,1,2,3,4,5,6,',
      'be,r1-2,0,0,0,0,0,DRAIN,[::1]:8080,0,0,0,0,0,0,0,',
      'be,r2-1,0,0,0,0,0,MAINT,10.0.0.2:80,1,0,0,0,0,0,0,',
    ].join('\n');
    const at = { backend: 'be', port: 80, sessions: 0, counters: { requests: 0, errors: 0 } };
    expect(parseShowStat(answer)).toEqual([
      {
        ...at,
        name: 'r1-1',
        address: '10.0.0.1',
        state: 'ready',
        weight: 100,
        sessions: 3,
        counters: { requests: 21, errors: 5 },
      },
      { ...at, name: 'r1-2', address: '::1', port: 8080, state: 'drain', weight: 0 },
      { ...at, name: 'r2-1', address: '10.0.0.2', state: 'maintenance', weight: 1 },
    ]);
  });

  it('counts each try once: given up, cut, or given to another server, but no repeat on the same', () => {
    const answer = `${header}\nbe,r1-1,0,2,3,99,4,no check,10.0.0.1:80,1,0,10,0,0,1,0,`;
    expect(parseShowStat(answer)[0]?.counters).toEqual({ requests: 20, errors: 10 });
  });

  it.each([
    '',
    'Unknown command',
    `${header}\nbe,r1-1`,
    `${header}\nbe,r1-1,x,0,0,0,0,UP,10.0.0.1:80,1,0,0,0,0,0,0,`,
    `${header}\nbe,r1-1,0,0,0,0,0,UP,nowhere,1,0,0,0,0,0,0,`,
  ])('does not take %j for statistics', (answer) => {
    expect(() => parseShowStat(answer)).toThrow(expect.objectContaining({ code: 'ROUTER_UNAVAILABLE' }));
  });
});

describe('parseShowProc', () => {
  it('tells the current worker from the ones before', () => {
    const answer = [
      '#<PID>          <type>          <reloads>       <uptime>        <version>      ',
      '13205           master          2 [failed: 1]   0d00h00m02s     2.6.12-1+deb12u4',
      '# workers',
      '13224           worker          0               0d00h00m01s     2.6.12-1+deb12u4',
      '# old workers',
      '13208           worker          1               0d00h00m09s     2.6.12-1+deb12u4',
      '# programs',
    ].join('\n');
    expect(parseShowProc(answer)).toEqual({ current: 13224, old: [13208], failedReloads: 1 });
  });

  it('refuses another answer', () => {
    expect(() => parseShowProc('Permission denied')).toThrow(
      expect.objectContaining({ code: 'ROUTER_UNAVAILABLE' }),
    );
  });
});

describe('sessionIds', () => {
  it('finds the sessions of exactly that server', () => {
    const answer = [
      '0x56549f796d70: proto=tcpv4 src=127.0.0.1:60498 fe=_front be=a-b-c srv=r1-1 ts=00 age=2s calls=4',
      '0x56549f796d71: proto=tcpv4 src=127.0.0.1:60498 fe=_front be=a-b-c srv=r1-10 ts=00 age=2s calls=4',
      '0x56549f796d72: proto=tcpv4 src=127.0.0.1:60498 fe=_front be=x-a-b-c srv=r1-1 ts=00 age=2s calls=4',
      '0x7f728c03a3e0: proto=sockpair src=unix:2 fe=GLOBAL be=<NONE> srv=<none> ts=00 age=0s calls=1',
    ].join('\n');
    expect(sessionIds(answer, 'a-b-c', 'r1-1')).toEqual(['0x56549f796d70']);
  });
});

describe('Mutex', () => {
  it('runs one task at a time, in order, also after a failure', async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    const task = (name: string) => async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === 'a') throw new Error('a failed');
    };
    const first = mutex.run(task('a'));
    const second = mutex.run(task('b'));
    await expect(first).rejects.toThrow('a failed');
    await second;
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });
});
