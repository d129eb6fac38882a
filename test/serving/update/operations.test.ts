import { beforeEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/serving/operation/operation.ts';
import { Operations, type Started } from '../../../src/serving/update/operations.ts';
import { someOperation } from '../../support/operations.ts';

const LIMIT = 50;

let operations: Operations;
beforeEach(() => {
  operations = new Operations();
});

function started(operation: Operation = someOperation()): Started {
  return { operation, outcome: new Promise(() => {}) };
}

/** @returns so many that are over. */
function rememberMany(count: number): Started[] {
  return Array.from({ length: count }, () => {
    const one = started();
    one.operation.end('succeeded');
    operations.remember(one, undefined, '{}');
    return one;
  });
}

const isKnown = ({ operation: { id } }: Started): boolean => {
  try {
    return operations.find(id).operation.id === id;
  } catch (error) {
    expect(error).toMatchObject({ type: 'not_found', message: expect.stringContaining(id) });
    return false;
  }
};

describe('the operations of late', () => {
  it('are found by their ids', () => {
    const one = started();
    expect(isKnown(one)).toBe(false);
    operations.remember(one, undefined, '{}');
    expect(operations.find(one.operation.id).operation).toBe(one.operation);
  });

  it('are found by a key of those who asked for them, whoever was first', () => {
    const one = started();
    operations.remember(one, 'mine', '{"a"}');
    operations.remember(one, 'yours', '{"a"}');
    for (const key of ['mine', 'yours']) {
      expect(operations.replay(key, '{"a"}')?.operation).toBe(one.operation);
    }
    expect(operations.replay('ours', '{"a"}')).toBeUndefined();
    expect(operations.replay(undefined, '{"a"}')).toBeUndefined();
  });

  it('have keys that stand for one request each', () => {
    const one = started();
    operations.remember(one, 'mine', '{"a"}');
    expect(() => operations.replay('mine', '{"b"}')).toThrow(
      expect.objectContaining({
        type: 'invalid_request',
        message: expect.stringContaining(
          `"mine" was given to another request before (operation ${one.operation.id})`,
        ),
      }),
    );
  });

  it('are forgotten when there are too many, the oldest first, with their keys', () => {
    const one = started();
    operations.remember(one, 'mine', '{"a"}');
    one.operation.end('failed');
    const next = rememberMany(LIMIT - 1);
    expect(isKnown(one)).toBe(true);
    rememberMany(1);
    expect(isKnown(one)).toBe(false);
    expect(operations.replay('mine', '{"b"}')).toBeUndefined();
    expect(next.every(isKnown)).toBe(true);
  });

  it('are not forgotten before they are over', () => {
    const one = started();
    operations.remember(one, 'mine', '{"a"}');
    rememberMany(3 * LIMIT);
    expect(operations.replay('mine', '{"a"}')?.operation).toBe(one.operation);
    one.operation.end('succeeded');
    rememberMany(LIMIT);
    expect(isKnown(one)).toBe(false);
  });

  it('have so many keys and no more', () => {
    const one = started();
    const keys = Array.from({ length: 501 }, (_, index) => `key ${index}`);
    for (const key of keys) operations.remember(one, key, '{"a"}');
    const known = keys.filter((key) => operations.replay(key, '{"a"}') !== undefined);
    expect(known).toEqual(keys.slice(1));
  });
});
