// The checks that run the plugin. Each is a process of its own, or several, and one step of the
// report. One thread.
#pragma once

#include "check/session.hpp"

namespace cinnabar::authoring {

CheckStep check_load(const Subject& subject);
CheckStep check_life(const Subject& subject);  // create, its interfaces, start, end
CheckStep check_config(const Subject& subject);
CheckStep check_leaks(const Subject& subject);
CheckStep check_calls(const Subject& subject);    // odd documents, sinks and hosts; secrets
CheckStep check_tenancy(const Subject& subject);  // enterprises apart from each other
CheckStep check_threads(const Subject& subject);
CheckStep check_deadlines(const Subject& subject);
// What the kind of plugin promises.
CheckStep check_auth_method(const Subject& subject);
CheckStep check_seal_type(const Subject& subject);
CheckStep check_notification_channel(const Subject& subject);
CheckStep check_blob_store(const Subject& subject);
CheckStep check_key_store(const Subject& subject);

}  // namespace cinnabar::authoring
