import { testStories } from './test-stories';

testStories(1, 2);
