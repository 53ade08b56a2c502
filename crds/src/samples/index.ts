export { type Mutation, mutateSample } from './mutate-sample.ts';
export { readSamples, type Sample, type SampleObject } from './read-samples.ts';
