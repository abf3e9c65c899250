// com.example.contract-register: the domain "contract-register".
#include "register.hpp"

#include <cinnabar/plugin.hpp>

CINNABAR_PLUGIN(contract_register::ContractRegister)
