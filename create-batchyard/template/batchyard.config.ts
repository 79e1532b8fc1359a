import { defineConfig } from 'batchyard';

export default defineConfig({
  jobs: ['./jobs'],
  // npm packages that bring job types
  packages: [],
});
