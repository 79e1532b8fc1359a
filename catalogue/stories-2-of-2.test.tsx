import { testStories } from './test-stories';

testStories(2, 2);
