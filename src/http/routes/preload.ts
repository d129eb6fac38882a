import type { RequestHandler } from 'express';
import type { Updater } from '../../serving/update/updater.ts';
import { callerOf } from '../caller.ts';
import { respondWith } from '../respond-with.ts';
import { preloadRequest } from '../update-body.ts';

/** POST /models: brings, verifies and compiles a model without a swap. Answers like an update, and is followed like one. */
export function preloadRoute(updater: Updater): RequestHandler {
  return respondWith((request) => updater.preload(preloadRequest(request.body), callerOf(request)));
}
