import type { Bus, JsonValue } from '../../src/realtime/bus/bus';

/** What every bus does. @param open a new bus, connected to nothing that another test uses. */
export function describeBus(name: string, open: (onError: (error: unknown) => void) => Promise<Bus>): void {
  describe(name, () => {
    let bus: Bus;
    let errors: unknown[];

    beforeEach(async () => {
      errors = [];
      bus = await open((error) => errors.push(error));
    });

    afterEach(() => bus.close());

    /** Collects a topic's messages until `'end'`. */
    async function collect(topic: string): Promise<{ messages: JsonValue[]; ended: Promise<void> }> {
      const messages: JsonValue[] = [];
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      await bus.subscribe(topic, (message) => {
        if (message === 'end') end();
        else messages.push(message);
      });
      return { messages, ended };
    }

    it("brings a topic's messages to all its listeners in order", async () => {
      const [first, second] = [await collect('city:a'), await collect('city:a')];
      for (let i = 0; i < 100; i++) await bus.publish('city:a', { seq: i });
      await bus.publish('city:a', 'end');
      await Promise.all([first.ended, second.ended]);
      const expected = Array.from({ length: 100 }, (_, seq) => ({ seq }));
      expect(first.messages).toEqual(expected);
      expect(second.messages).toEqual(expected);
    });

    it('keeps topics apart, whatever characters they have', async () => {
      const topics = ['city:são paulo', 'city:*', 'city:são', 'city:[a]'];
      const collected = await Promise.all(topics.map(collect));
      for (const topic of topics) await bus.publish(topic, topic);
      for (const topic of topics) await bus.publish(topic, 'end');
      for (const [i, { messages, ended }] of collected.entries()) {
        await ended;
        expect(messages).toEqual([topics[i]]);
      }
    });

    it('carries values as they were when published', async () => {
      const { messages, ended } = await collect('t');
      const message = { text: '“ñ”\u0000', list: [1, 2.5, null, false], nested: { n: 1 } };
      const published = bus.publish('t', message);
      message.nested.n = 2;
      await published;
      await bus.publish('t', 'end');
      await ended;
      expect(messages).toEqual([{ text: '“ñ”\u0000', list: [1, 2.5, null, false], nested: { n: 1 } }]);
    });

    it('survives a listener that throws, and tells of it', async () => {
      await bus.subscribe('t', () => {
        throw new Error('a bad listener');
      });
      const { messages, ended } = await collect('t');
      await bus.publish('t', 1);
      await bus.publish('t', 'end');
      await ended;
      expect(messages).toEqual([1]);
      expect(errors).toEqual([new Error('a bad listener'), new Error('a bad listener')]);
    });

    it('calls no listener from within publish', async () => {
      const order: JsonValue[] = [];
      const done = new Promise<void>((resolve) => {
        void bus.subscribe('t', (message) => {
          order.push(message);
          if (message === 1) {
            void bus.publish('t', 2);
            order.push('returned');
          } else resolve();
        });
      });
      await bus.publish('other', 0);
      void bus.publish('t', 1);
      order.push('published');
      await done;
      expect(order).toEqual(['published', 1, 'returned', 2]);
    });

    it('calls a listener no more once it has unsubscribed', async () => {
      const heard: JsonValue[] = [];
      const listener = (message: JsonValue) => void heard.push(message);
      const unsubscribe = await bus.subscribe('t', listener);
      await bus.subscribe('t', listener);
      const { ended } = await collect('t');
      await unsubscribe();
      await unsubscribe();
      await bus.publish('t', 1);
      await bus.publish('t', 'end');
      await ended;
      expect(heard).toEqual([1, 'end']);
    });

    it('is of no use once it is closed', async () => {
      await bus.close();
      await expect(bus.publish('t', 1)).rejects.toThrow('closed');
      await expect(bus.subscribe('t', () => {})).rejects.toThrow('closed');
    });
  });
}
