import { EventEmitter } from 'node:events'
import type { LiveEvent } from '../../../types/api/live'

/** Carries events to every process that serves the console, this one included. */
export interface LiveTransport {
  /** Returns at once and never throws; an event that cannot be carried is lost. */
  publish(event: LiveEvent): void
  /** @returns a function that ends it */
  subscribe(listener: (event: LiveEvent) => void): () => void
}

/** For one process. */
export function createLocalTransport(): LiveTransport {
  const emitter = new EventEmitter()
  return {
    publish: (event) => void emitter.emit('event', event),
    subscribe: (listener) => {
      emitter.on('event', listener)
      return () => void emitter.off('event', listener)
    },
  }
}
