import { describe, expect, it } from 'vitest';
import { explainEnd } from './explain-end.ts';

const files = { tokenFile: '/secrets/token', caFile: '/secrets/ca.pem' };

describe('explainEnd', () => {
  it.each([
    ['16 UNAUTHENTICATED: the token is not valid', 'the token of this shard into /secrets/token'],
    ['14 UNAVAILABLE: Last error: unable to verify the first certificate', 'the CA in /secrets/ca.pem does not vouch'],
    ['14 UNAVAILABLE: Last error: self-signed certificate in certificate chain', 'the CA in /secrets/ca.pem does not vouch'],
  ])('names the file to mend for "%s"', (reason, told) => {
    expect(explainEnd(reason, files)).toContain(told);
    expect(explainEnd(reason, files)).toContain(reason);
  });

  it('leaves what no file can mend as it is', () => {
    expect(explainEnd('no Welcome within 10000 ms', files)).toBe('no Welcome within 10000 ms');
  });
});
