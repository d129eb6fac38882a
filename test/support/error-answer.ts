import { expect } from 'vitest';
import type { Answer, ErrorAnswer } from './client.ts';

/** An error of the one shape that all clients understand: four non-empty strings. */
export function expectError(answer: Answer, status: number, errorType: string, message: RegExp): ErrorAnswer {
  const body = answer.body as ErrorAnswer;
  expect({ status: answer.status, error_type: body.error_type }, JSON.stringify(body)).toEqual({
    status,
    error_type: errorType,
  });
  for (const field of ['message', 'detail', 'error', 'error_type'] as const) {
    expect(body[field], field).toEqual(expect.any(String));
    expect(body[field].trim(), field).not.toBe('');
  }
  expect(body.message).toMatch(message);
  return body;
}
