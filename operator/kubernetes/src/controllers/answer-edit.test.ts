import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answerEdit } from './answer-edit.ts';

const edit = {
  id: '1',
  method: 'PUT',
  kind: 'Device',
  namespace: 'plant',
  name: 'pump',
  object: '',
  resourceVersion: '7',
  dryRun: false,
  user: 'ada',
  traceparent: '',
};
const object = {
  metadata: { name: 'pump', uid: 'u', resourceVersion: '7', labels: { tier: 'a' } },
  spec: { mode: 'Active' },
  status: { tags: 1 },
};

describe('answerEdit', () => {
  it('answers an edit with the YAML to commit, without what the server fills in', () => {
    const answer = answerEdit({ ...edit, object: JSON.stringify(object) });
    expect(answer).toMatchObject({ status: 409, code: 'managed-elsewhere' });
    expect(parse(answer.yaml)).toEqual({
      apiVersion: 'kubeplant.io/v1alpha1',
      kind: 'Device',
      metadata: { name: 'pump', namespace: 'plant', labels: { tier: 'a' } },
      spec: { mode: 'Active' },
    });
  });

  it('answers a deletion with the command', () => {
    expect(answerEdit({ ...edit, method: 'DELETE' })).toMatchObject({
      status: 409,
      message: expect.stringContaining('kubectl delete devices pump --namespace plant'),
    });
  });

  it.each([
    ['no JSON', '{', 400],
    ['no spec', '{}', 400],
  ])('refuses %s', (_title, text, status) => {
    expect(answerEdit({ ...edit, object: text }).status).toBe(status);
  });

  it('knows no other kinds', () => {
    expect(answerEdit({ ...edit, kind: 'Pod' }).status).toBe(404);
  });
});
