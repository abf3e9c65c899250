// Has RapidJSON read and write sixteen bytes at a time where the processor can. Internal to the
// SDK; included before any header of RapidJSON.
#pragma once

#if !defined(RAPIDJSON_SSE2) && !defined(RAPIDJSON_SSE42) && !defined(RAPIDJSON_NEON)
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#endif
