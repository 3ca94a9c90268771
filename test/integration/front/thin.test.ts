import { expect, it } from 'vitest';
import { startFrontFixture } from '../../support/front-fixture.ts';

it('sends a request through nginx and HAProxy to the app', async () => {
  const fixture = await startFrontFixture({ production: { routes: [{ host: 'shop.example.com' }] } });
  try {
    const answer = await fixture.get('shop.example.com', '/hello?x=1');
    expect(answer).toMatchObject({ status: 200, body: 'shop-production-web' });
    console.log(answer.seen, answer.headers);
  } finally {
    await fixture.close();
  }
});
