// SPDX-License-Identifier: GPL-3.0-or-later
// Any exception as a value.
#include "core/run/current_failure.h"

#include <new>

namespace bitfront {

Failure currentFailure(const std::string& context)
{
    try {
        throw;
    } catch (const Error& error) {
        Failure failure = error.failure();
        if (failure.context.empty())
            failure.context = context;
        return failure;
    } catch (const Cancelled&) {
        return {ErrorCode::Internal, "The work stopped although nobody asked for it.", "", context};
    } catch (const std::bad_alloc&) {
        return {ErrorCode::OutOfMemory, "There was not enough memory.",
                "Close other programs, or use fewer workers or a smaller batch of inputs.",
                context};
    } catch (const std::exception& error) {
        return {ErrorCode::Internal, error.what(), "", context};
    } catch (...) {
        return {ErrorCode::Internal, "An unknown error occurred.", "", context};
    }
}

} // namespace bitfront
