import { describe, expect, it } from 'vitest';
import type { Framing } from '../codec/framing.ts';
import { RegisterImage } from '../server/register-image.ts';
import { answerRequest } from '../server/answer-request.ts';
import { createServerSession } from '../server/server-session.ts';
import { ClientSession } from './client-session.ts';
import { createLane, type Lane, type Outcome } from './exchange.ts';

/** A client session and a server session in memory; the test owns time and what travels when. */
function connect(framing: Framing, options: { maxInFlight?: number; interRequestDelayMs?: number } = {}) {
  const image = new RegisterImage();
  image.set(3, 0, [10, 11, 12, 13, 14, 15, 16, 17]);
  const sent: Uint8Array[] = [];
  const answers: Uint8Array[] = [];
  const outcomes: { name: string; outcome: Outcome['kind']; value?: number }[] = [];
  const errors: string[] = [];
  const renewals: string[] = [];
  const server = createServerSession(framing, {
    write: (bytes) => answers.push(bytes),
    close: (reason) => errors.push(`server: ${reason}`),
    answer: (_unit, bytes, start, end) => answerRequest(image, bytes, start, end),
  });
  const session = new ClientSession(
    { framing, maxInFlight: options.maxInFlight ?? 1, interRequestDelayMs: options.interRequestDelayMs ?? 0 },
    {
      write: (bytes) => sent.push(bytes),
      protocolError: (_unit, kind) => errors.push(kind),
      renew: (reason) => {
        renewals.push(reason);
        session.closed(true);
      },
    },
  );
  const ask = (name: string, lane: Lane, start: number, nowMs: number, unitId = 1) =>
    session.submit(
      lane,
      {
        unitId,
        request: { function: 3, start, count: 1 },
        timeoutMs: 100,
        done: (outcome) =>
          outcomes.push({ name, outcome: outcome.kind, ...(outcome.kind === 'data' ? { value: outcome.data[1] ?? -1 } : {}) }),
      },
      nowMs,
    );
  /** Let the server see what was sent, from `from` on, and bring its answers back. */
  const serve = (nowMs: number, from = 0) => {
    for (const bytes of sent.splice(from)) server.receive(bytes);
    for (const bytes of answers.splice(0)) session.receive(bytes, nowMs);
  };
  return { session, sent, outcomes, errors, renewals, ask, serve, server, answers };
}

describe('ClientSession', () => {
  it('has no more requests on their way than allowed, and gives each answer to its request', () => {
    const { session, sent, outcomes, ask, serve } = connect('Tcp', { maxInFlight: 2 });
    session.opened(0, 0);
    const lane = createLane();
    for (let i = 0; i < 4; i++) ask(`r${i}`, lane, i, 0);
    expect(sent).toHaveLength(2);
    sent.reverse();
    serve(1);
    serve(2);
    expect(outcomes.map(({ name, value }) => [name, value]).sort()).toEqual([
      ['r0', 10],
      ['r1', 11],
      ['r2', 12],
      ['r3', 13],
    ]);
  });

  it('sends what is asked for while answers are handled once every answer that came with them is', () => {
    const { session, sent, answers, server } = connect('Tcp', { maxInFlight: 2 });
    session.opened(0, 0);
    const lane = createLane();
    const sentAtEnd: number[] = [];
    const ask = (more: number) =>
      session.submit(
        lane,
        {
          unitId: 1,
          request: { function: 3, start: 0, count: 1 },
          timeoutMs: 100,
          done: () => {
            if (more > 0) ask(more - 1);
            sentAtEnd.push(sent.length);
          },
        },
        0,
      );
    ask(1);
    ask(1);
    for (const bytes of sent.splice(0)) server.receive(bytes);
    session.receive(Buffer.concat(answers.splice(0)), 1);
    expect(sentAtEnd).toEqual([0, 0]);
    expect(sent).toHaveLength(2);
  });

  it('sends nothing before the pause after connecting, nor between requests', () => {
    const { session, sent, ask, serve } = connect('Tcp', { interRequestDelayMs: 20 });
    const lane = createLane();
    session.opened(0, 50);
    ask('a', lane, 0, 0);
    ask('b', lane, 1, 0);
    expect(sent).toHaveLength(0);
    expect(session.nextDeadlineMs()).toBe(50);
    session.tick(50);
    expect(sent).toHaveLength(1);
    serve(60);
    expect(sent).toHaveLength(0);
    expect(session.nextDeadlineMs()).toBe(80);
    session.tick(80);
    expect(sent).toHaveLength(1);
  });

  it('ends a request at its deadline and throws its late answer away', () => {
    const { session, sent, outcomes, errors, ask, serve } = connect('Tcp');
    session.opened(0, 0);
    ask('late', createLane(), 0, 0);
    expect(session.nextDeadlineMs()).toBe(100);
    session.tick(99);
    expect(outcomes).toEqual([]);
    session.tick(100);
    expect(outcomes).toEqual([{ name: 'late', outcome: 'timeout' }]);
    expect(sent).toHaveLength(1);
    serve(150);
    expect(outcomes).toHaveLength(1);
    expect(errors).toEqual(['LateReply']);
  });

  it('lets a suspect lane travel beside the others, one request at a time', () => {
    const { session, sent, ask } = connect('Tcp');
    session.opened(0, 0);
    const suspect = createLane();
    suspect.suspect = true;
    ask('probe', suspect, 0, 0, 9);
    ask('probe again', suspect, 0, 0, 9);
    ask('other', createLane(), 1, 0);
    expect(sent.map((frame) => frame[6])).toEqual([9, 1]);
  });

  it('does not ask a unit again over RTU framing before the connection is a new one, once an answer of its may still come', () => {
    const { session, sent, outcomes, renewals, errors, ask, serve } = connect('RtuOverTcp');
    session.opened(0, 0);
    const lane = createLane();
    ask('first', lane, 0, 0);
    session.tick(100);
    const late = sent.splice(0);
    ask('second', lane, 1, 100);
    expect(renewals).toEqual(['LateReplyPossible']);
    expect(sent).toHaveLength(0);
    sent.push(...late);
    serve(101);
    session.opened(110, 0);
    serve(111);
    expect(outcomes.map(({ name, outcome, value }) => [name, outcome, value])).toEqual([
      ['first', 'timeout', undefined],
      ['second', 'data', 11],
    ]);
    expect(errors).toEqual([]);
  });

  it('ends everything on its way and waiting when the connection goes', () => {
    const { session, outcomes, ask } = connect('Tcp');
    session.opened(0, 0);
    const lane = createLane();
    ask('sent', lane, 0, 0);
    ask('waiting', lane, 1, 0);
    session.closed(false);
    expect(outcomes).toEqual([
      { name: 'sent', outcome: 'closed' },
      { name: 'waiting', outcome: 'closed' },
    ]);
    expect(session.nextDeadlineMs()).toBeUndefined();
  });

  it('never uses a transaction id twice while an answer to it may come, all the way round', () => {
    const { session, sent, ask, outcomes, serve } = connect('Tcp', { maxInFlight: 2 });
    session.opened(0, 0);
    const slow = createLane();
    ask('slow', slow, 7, 0);
    const [held] = sent.splice(0);
    const lane = createLane();
    for (let i = 0; i < 65_600; i++) {
      ask('quick', lane, 0, 1);
      expect(sent[0]?.subarray(0, 2)).not.toEqual(held?.subarray(0, 2));
      serve(1);
    }
    sent.push(held!);
    serve(2);
    expect(outcomes.at(-1)).toMatchObject({ name: 'slow', outcome: 'data', value: 17 });
  });
});
